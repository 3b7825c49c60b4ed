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
ONE_PATH = "moving diagonally"  # leaves no room beside it: of two objects, the second would hide the first


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


def sample_object(rng: random.Random) -> dict[str, str]:
    return {slot: rng.choice(words) for slot, words in OBJECT.items()}


def visible(thing: dict[str, str], background: str) -> bool:
    shape, motion, colour = thing["shape"], thing["motion"], thing["colour"]
    return (shape, motion) not in UNSEEN_MOTION and (colour, background) not in UNSEEN_COLOUR


def sample_prompt(rng: random.Random, second: float = 0.0) -> dict[str, str]:
    """A prompt that can be seen, as {slot: word}; every lawful word is equally likely. A share `second` of the prompts
    speaks of two objects, of two colours so that they can be told apart, and not on one path."""
    while True:
        prompt = {**sample_object(rng), "background": rng.choice(list(BACKGROUNDS))}
        if visible(prompt, prompt["background"]):
            break
    if not second or rng.random() >= second:
        return prompt
    while True:
        other = sample_object(rng)
        if other["colour"] == prompt["colour"] or other["motion"] == prompt["motion"] == ONE_PATH:
            continue
        if visible(other, prompt["background"]):
            return {**prompt, **{f"{slot}2": word for slot, word in other.items()}}


def objects_of(prompt: dict[str, str]) -> list[dict[str, str]]:
    """The words of each object, first and second, as {slot without its number: word}."""
    numbers = [number for number in ("", "2") if f"shape{number}" in prompt]
    return [{slot: prompt[slot + number] for slot in OBJECT} for number in numbers]


def indices(prompt: dict[str, str]) -> list[int]:
    """The column that is 1 in each slot's row."""
    return [COLUMNS[slot, prompt[slot]] if prompt.get(slot) else 0 for slot in SLOTS]


def sentence(prompt: dict[str, str]) -> str:
    """The prompt in words."""
    things = " and ".join("a {size} {colour} {shape} {motion}".format(**thing) for thing in objects_of(prompt))
    return f"{things} on a {prompt['background']} background"


def parse(text: str) -> dict[str, str]:
    """The inverse of `sentence`, for the command line; the engine has the forgiving parser."""
    head, background = text.strip().removesuffix(" background").rsplit(" on a ", 1)
    prompt = {"background": background}
    for number, clause in zip(("", "2"), head.split(" and ", 1)):
        words = clause.removeprefix("a ").split(" ", 3)
        prompt |= {slot + number: word for slot, word in zip(OBJECT, words, strict=True)}
    for slot, word in prompt.items():
        if word not in SLOTS[slot]:
            raise ValueError(f'"{word}" is no {slot}; choose one of {", ".join(SLOTS[slot])}')
    return prompt
