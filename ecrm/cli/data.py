"""Commands that bring data in: `seed`, `demo` and `import customers`."""

COMMANDS: tuple = ()
