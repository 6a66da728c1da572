"""The peers' servers: each the least that one would write with its library, behind the same HTTP contract."""
