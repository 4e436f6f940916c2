"""`make cluster`: E-CRM on three Galera nodes, two web servers and two workers behind HAProxy, on loopback, and what survives there."""
