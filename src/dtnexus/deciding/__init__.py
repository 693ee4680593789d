"""From ratings to levels and risks: pure functions, no clock, no files, no network.

`assess.assess` decides one interaction, `system.assess_system` many of one agent.
"""
