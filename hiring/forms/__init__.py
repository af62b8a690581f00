"""Forms of the ground floor, one module a subject, as in hiring/views."""
