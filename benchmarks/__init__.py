"""Side-by-side measurements of realtime-mock and its peers. See README.md of this folder."""
