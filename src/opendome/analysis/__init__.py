"""Questions asked of the parts of the simulator, apart from any campaign."""
