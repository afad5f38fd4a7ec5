"""The API's operations, a module for each subject; each makes its part of the list."""
