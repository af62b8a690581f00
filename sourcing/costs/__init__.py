"""What sources cost, entered by hand or from a list, and what came of it."""
