"""What the browser asks for, by area."""
