"""What holds before any page is asked for: the code, the locks, the settings of a deployment, the logs."""
