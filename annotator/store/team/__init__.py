"""What the team decided: who is to classify what, who is who, rounds, settings and looks."""
