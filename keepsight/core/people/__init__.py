"""Children: linking lists to one register, and the facts about each child."""
