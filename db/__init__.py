"""What is kept: tables, store, engine, migrations."""
