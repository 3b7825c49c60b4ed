"""The language of scene prompts: seven slots, their words, and which words go together.

A prompt is a row of word indices, one a slot in the order of SLOTS; -1 is a word left out.
"""

import torch

COLOURS = {
    "red": (222, 34, 34),
    "orange": (255, 128, 10),
    "yellow": (255, 220, 30),
    "green": (24, 176, 84),
    "blue": (34, 76, 232),
    "purple": (142, 56, 208),
    "pink": (255, 84, 176),
}
SLOTS = {
    "colour": list(COLOURS),
    "object": ["balloon", "kite", "boat"],
    "motion": ["drifting right", "drifting left", "rising", "sinking"],
    "scene": ["mountain lake", "snowy peaks", "green hills", "desert dunes", "pine forest", "open sea"],
    "time": ["dawn", "noon", "sunset", "night"],
    "weather": ["a clear sky", "clouds", "mist"],
    "camera": ["still", "panning right", "panning left"],
}
TEMPLATE = "a {colour} {object} {motion} over {scene} at {time} with {weather} and the camera {camera}"
NAMES = list(SLOTS)
SIZES = [len(words) for words in SLOTS.values()]
OFFSETS = torch.tensor([1 + sum(SIZES[:i]) for i in range(len(SIZES))])
WATER = ("mountain lake", "open sea")


def index(slot: str, word: str) -> int:
    return SLOTS[slot].index(word)


def column(prompts: torch.Tensor, slot: str) -> torch.Tensor:
    """[N] indices of the words of one slot."""
    return prompts[:, NAMES.index(slot)]


def shows(prompts: torch.Tensor, slot: str, *words: str) -> torch.Tensor:
    """[N] whether the slot holds one of the words."""
    return torch.isin(column(prompts, slot), torch.tensor([index(slot, word) for word in words], device=prompts.device))


def draw(count: int, generator: torch.Generator, held: dict[str, list[str]] | None = None) -> torch.Tensor:
    """Prompts that can be seen, [N, slots], on the generator's device. `held` names the words that a slot may take, where
    not all.

    A boat needs water, and it stays on it: elsewhere its scene becomes one with water, its motion a drift.
    """
    allowed = [[index(slot, word) for word in (held or {}).get(slot, words)] for slot, words in SLOTS.items()]
    device = generator.device
    picks = [
        torch.tensor(some, device=device)[torch.randint(len(some), (count,), generator=generator, device=device)]
        for some in allowed
    ]
    prompts = torch.stack(picks, 1)
    boat = shows(prompts, "object", "boat")
    scene, motion = NAMES.index("scene"), NAMES.index("motion")
    wet = torch.where(prompts[:, scene] % 2 == 0, index("scene", WATER[0]), index("scene", WATER[1]))
    prompts[:, scene] = torch.where(boat, wet, prompts[:, scene])
    prompts[:, motion] = torch.where(boat, prompts[:, motion] % 2, prompts[:, motion])
    return prompts


def template(slots: int) -> str:
    """Of a model that reads the first `slots` slots."""
    return TEMPLATE if slots == len(NAMES) else TEMPLATE[: TEMPLATE.index("{" + NAMES[slots - 1] + "}")] + "{" + NAMES[slots - 1] + "}"


def width(slots: int) -> int:
    """Columns of a condition: the pad, then a column for every word."""
    return 1 + sum(SIZES[:slots])


def words(prompt) -> dict[str, str]:
    """{slot: word} of one row."""
    return {slot: SLOTS[slot][i] for slot, i in zip(NAMES, [int(i) for i in prompt]) if i >= 0}


def tensor(prompts: list[dict[str, str]]) -> torch.Tensor:
    """The inverse of `words`, for many; a slot left out is -1."""
    return torch.tensor([[index(slot, prompt[slot]) if prompt.get(slot) else -1 for slot in NAMES] for prompt in prompts])


def sentence(prompt: dict[str, str]) -> str:
    text = template(len(prompt)).format(**prompt)
    return text.replace("a orange", "an orange")


def parse(text: str) -> dict[str, str]:
    """The inverse of `sentence`, for the command line; the engine has the forgiving parser."""
    found, rest = {}, text.strip().replace("an orange", "a orange")
    for slot, before in zip(NAMES, ["a ", " ", " ", " over ", " at ", " with ", " and the camera "]):
        rest = rest.removeprefix(before)
        if not rest:
            break
        word = next((word for word in sorted(SLOTS[slot], key=len, reverse=True) if rest.startswith(word)), None)
        if word is None:
            raise ValueError(f'no {slot} at "{rest[:40]}"; choose one of {", ".join(SLOTS[slot])}')
        found[slot], rest = word, rest[len(word) :]
    if rest:
        raise ValueError(f'"{rest[:40]}" is left over; a prompt reads "{TEMPLATE}"')
    return found


def rows(prompts: torch.Tensor) -> torch.Tensor:
    """One-hot rows that the network reads, [N, slots, columns], of [N, slots]; a word left out is the pad."""
    slots = prompts.size(1)
    columns = torch.where(prompts < 0, 0, prompts + OFFSETS[:slots].to(prompts.device))
    return torch.nn.functional.one_hot(columns, width(slots)).float()


def vocabulary(slots: int, scenes: dict | None = None) -> dict:
    """What a model ships as text/vocabulary.json; `scenes` is what the engine's reader of clips needs to know."""
    listed = [{"name": slot, "words": some} for slot, some in list(SLOTS.items())[:slots]]
    return {"version": 1, "pad": "<pad>", "slots": listed, "template": template(slots), "objects": 1, "scenes": scenes or {}}
