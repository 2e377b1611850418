"""Interceptors: fly-out from the ground, reach from orbit, divert, kill and its assessment."""
