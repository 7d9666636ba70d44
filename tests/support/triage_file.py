"""The smallest file of triage rules: one danger, and no conduct."""

SMALLEST = """
version = "t-1"
[group]
word = ["着火"]
[sealing]
beside = []
up = []
up_anywhere = []
follows = []
actor = []
person = []
plain = []
joins = []
title_kept = []
firm = []
[[mask]]
steps = ["danger"]
patterns = ["没有着火"]
[[rule]]
id = "fire"
step = "danger"
gives = "119"
why = "正在着火"
needs = ["<word>"]
"""
