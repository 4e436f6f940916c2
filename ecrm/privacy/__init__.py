"""What the law calls the rights of a person (UU 27/2022): a copy of all that we hold, and its erasure; docs/privacy.md says it in words."""
