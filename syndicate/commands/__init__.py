"""The commands: each calls one part and prints what it says. True when all went well."""
