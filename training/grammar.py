"""The language of prompts: fixed slots, their words, and the one-hot rows that the network reads.

`vocabulary()` is what each model ships as text/vocabulary.json; the page builds the same rows from that file.
"""

import random

COLOURS = {
    "red": (230, 40, 40),
    "orange": (255, 140, 0),
    "yellow": (250, 220, 40),
    "green": (40, 190, 70),
    "cyan": (40, 210, 220),
    "blue": (50, 90, 240),
    "purple": (150, 60, 210),
    "pink": (255, 110, 180),
}
# Top and bottom of the frame; plain where they are equal.
BACKGROUNDS = {
    "black": ((12, 12, 14), (12, 12, 14)),
    "white": ((245, 245, 242), (245, 245, 242)),
    "grey": ((120, 122, 125), (120, 122, 125)),
    "navy": ((16, 22, 70), (16, 22, 70)),
    "sunset": ((50, 20, 70), (150, 70, 30)),
    "ocean": ((5, 30, 60), (20, 110, 120)),
}
SIZES = {"small": 0.15, "large": 0.25}  # radius over the height of a frame
SHAPES = ["circle", "square", "triangle", "ring", "star", "cross"]
MOTIONS = [
    "standing still",
    "moving right",
    "moving left",
    "moving up",
    "moving down",
    "moving diagonally",
    "orbiting",
    "bouncing",
    "spinning",
    "pulsing",
]
OBJECT = {"size": list(SIZES), "colour": list(COLOURS), "shape": SHAPES, "motion": MOTIONS}
SLOTS = {**OBJECT, "background": list(BACKGROUNDS), **{f"{name}2": words for name, words in OBJECT.items()}}
TEMPLATE = (
    "a {size} {colour} {shape} {motion} and a {size2} {colour2} {shape2} {motion2} on a {background} background"
)

# A spinning disc looks still, and these pairs can hardly be told apart.
UNSEEN_MOTION = {("circle", "spinning"), ("ring", "spinning")}
UNSEEN_COLOUR = {("orange", "sunset"), ("cyan", "ocean")}


def vocabulary(objects: int = 1) -> dict:
    """The contract with the engine; `objects` is how many object clauses the checkpoint was trained for."""
    slots = [{"name": name, "words": words} for name, words in SLOTS.items()]
    return {"version": 1, "pad": "<pad>", "slots": slots, "template": TEMPLATE, "objects": objects, "domain": domain()}


def domain() -> dict:
    """What the words look like, for the engine's reader of clips."""
    return {"colours": COLOURS, "backgrounds": BACKGROUNDS, "sizes": SIZES}


def columns() -> dict[tuple[str, str], int]:
    """Column of each (slot, word). 0 is the pad. The same word in two slots has two columns: attention over the
    rows has no positions, so a row must say by itself which slot it fills."""
    pairs = [(slot, word) for slot, words in SLOTS.items() for word in words]
    return {pair: index + 1 for index, pair in enumerate(pairs)}


COLUMNS = columns()
WIDTH = len(COLUMNS) + 1  # caption_channels


def sample_prompt(rng: random.Random) -> dict[str, str]:
    """A single-object prompt that can be seen, as {slot: word}; every lawful one is equally likely."""
    while True:
        prompt = {slot: rng.choice(words) for slot, words in SLOTS.items() if not slot.endswith("2")}
        if (prompt["shape"], prompt["motion"]) in UNSEEN_MOTION:
            continue
        if (prompt["colour"], prompt["background"]) in UNSEEN_COLOUR:
            continue
        return prompt


def indices(prompt: dict[str, str]) -> list[int]:
    """The column that is 1 in each slot's row."""
    return [COLUMNS[slot, prompt[slot]] if prompt.get(slot) else 0 for slot in SLOTS]


def sentence(prompt: dict[str, str]) -> str:
    """The prompt in words, single object."""
    return "a {size} {colour} {shape} {motion} on a {background} background".format(**prompt)


def parse(text: str) -> dict[str, str]:
    """The inverse of `sentence`, for the command line; the engine has the forgiving parser."""
    head, background = text.strip().removesuffix(" background").rsplit(" on a ", 1)
    size, colour, shape, motion = head.removeprefix("a ").split(" ", 3)
    prompt = {"size": size, "colour": colour, "shape": shape, "motion": motion, "background": background}
    for slot, word in prompt.items():
        if word not in SLOTS[slot]:
            raise ValueError(f'"{word}" is no {slot}; choose one of {", ".join(SLOTS[slot])}')
    return prompt
