"""The long day of bin/bench --soak: people, their servers, and what is left of it."""
