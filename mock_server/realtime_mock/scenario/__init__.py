"""THE SCRIPT: YAML -> model -> director, which decides the cues that follow what the user did."""
