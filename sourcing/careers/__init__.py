"""The career site: jobs as the world reads them, and applying for one."""
