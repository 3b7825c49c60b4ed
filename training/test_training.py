"""python -m unittest test_training.py, in this folder; skipped where torch is not installed."""

import json
import random
import tempfile
import types
import unittest
from pathlib import Path

try:
    import torch
    from diffusers import LatteTransformer3DModel
except ImportError as error:
    raise unittest.SkipTest("torch and diffusers are not installed") from error

import grammar
import images
from adherence import adherence, hits, read
from config import flux_nano, nano, small
from export import export
from model import build, noise_table, rows, scheduler, second_like_first
from outlines import unit_area
from render import layer, render
from clips import batch, loss_of
from tasks import load
from train import optimizers

PROMPT = {"size": "large", "colour": "red", "shape": "circle", "motion": "standing still", "background": "black"}


def tiny(**changes) -> types.SimpleNamespace:
    fields = {name: value for name, value in vars(nano).items() if name.isupper()}
    fields |= dict(NAME="tiny", FRAMES=2, SIDE=16, BATCH=8, MODEL={**nano.MODEL, "num_layers": 1})
    return types.SimpleNamespace(**{**fields, **changes})


class Grammar(unittest.TestCase):
    def test_sentences_read_back(self):
        rng = random.Random(0)
        for _ in range(500):
            prompt = grammar.sample_prompt(rng)
            self.assertEqual(grammar.parse(grammar.sentence(prompt)), prompt)

    def test_sentences_of_two_objects_read_back_and_can_be_seen(self):
        rng = random.Random(0)
        for _ in range(500):
            prompt = grammar.sample_prompt(rng, 1.0)
            self.assertEqual(list(prompt), [*grammar.OBJECT, "background", *(f"{slot}2" for slot in grammar.OBJECT)])
            self.assertEqual(grammar.parse(grammar.sentence(prompt)), prompt)
            self.assertNotEqual(prompt["colour"], prompt["colour2"])
            for thing in grammar.objects_of(prompt):
                self.assertTrue(grammar.visible(thing, prompt["background"]))

    def test_the_share_of_two_objects_is_as_asked(self):
        rng = random.Random(0)
        self.assertEqual(sum("shape2" in grammar.sample_prompt(rng) for _ in range(500)), 0)
        self.assertAlmostEqual(sum("shape2" in grammar.sample_prompt(rng, 0.3) for _ in range(2000)) / 2000, 0.3, delta=0.04)

    def test_words_outside_the_language_are_refused(self):
        for thing in ("a large mauve circle orbiting", "a large red circle orbiting and a small blue ring wobbling"):
            with self.assertRaises(ValueError):
                grammar.parse(f"{thing} on a black background")

    def test_rows_are_one_hot_and_in_the_order_of_the_vocabulary(self):
        columns = {}
        for slot in grammar.vocabulary()["slots"]:
            columns |= {(slot["name"], word): len(columns) + 1 + i for i, word in enumerate(slot["words"])}
        given = rows([PROMPT, {}])
        self.assertEqual(given.shape, (2, len(grammar.SLOTS), len(columns) + 1))
        self.assertTrue(torch.equal(given.sum(-1), torch.ones(2, len(grammar.SLOTS))))
        for row, slot in zip(given[0], grammar.SLOTS):
            self.assertEqual(row.argmax().item(), columns.get((slot, PROMPT.get(slot)), 0))
        self.assertTrue((given[1, :, 0] == 1).all())
        two = grammar.parse("a large red circle orbiting and a small red ring bouncing on a navy background")
        self.assertEqual(rows([two])[0].argmax(1).tolist(), [columns[slot, two[slot]] for slot in grammar.SLOTS])

    def test_shipped_vocabularies_and_what_their_words_look_like_are_those_of_the_programs(self):
        for folder in Path(__file__).parents[1].glob("site/public/models/*"):
            shipped = json.loads((folder / "text" / "vocabulary.json").read_text())
            task, _, _ = load(folder)
            wanted = task.vocabulary(shipped["objects"])
            self.assertEqual(shipped, json.loads(json.dumps(wanted)), folder.name)


class Renderer(unittest.TestCase):
    def clip(self, **words):
        return render([{**PROMPT, **words}], 8, 96, random.Random(0))

    def test_areas_of_shapes(self):
        wanted = {"circle": 3.1416, "square": 4 * 0.86**2, "triangle": 3 * 3**0.5 * 0.58**2}
        wanted |= {"ring": 3.1416 * (1.01**2 - 0.47**2), "cross": 2 * 2.04 * 0.72 - 0.72**2}
        for shape, area in wanted.items():
            self.assertAlmostEqual(unit_area(shape) / area, 1, delta=0.02, msg=shape)
            solid = (self.clip(shape=shape)[0, 0, 0] > -0.2).float().mean().item()
            self.assertAlmostEqual(solid / (area * grammar.SIZES["large"] ** 2), 1, delta=0.06, msg=shape)

    def test_colours(self):
        for name, colour in grammar.COLOURS.items():
            centre = (self.clip(colour=name, motion="spinning", shape="square")[0, :, 0, 47:49, 47:49].mean((1, 2)) + 1) / 2
            torch.testing.assert_close(centre, torch.tensor(colour) / 255, atol=0.02, rtol=0)

    def test_directions(self):
        ways = {"moving right": (1, 0), "moving left": (-1, 0), "moving up": (0, -1), "moving down": (0, 1)}
        ways["moving diagonally"] = (1, 1)
        at = torch.linspace(0, 1, 96)
        for motion, (right, down) in ways.items():
            mask = (self.clip(motion=motion)[0, 0] > -0.2).float()
            x = (mask.sum(1) * at).sum(-1) / mask.sum((1, 2))
            y = (mask.sum(2) * at).sum(-1) / mask.sum((1, 2))
            for course, way in ((x, right), (y, down)):
                if way:
                    self.assertTrue((course.diff() * way > 0.03).all(), motion)
                else:
                    self.assertLess(course.diff().abs().max(), 0.01, motion)

    def test_no_freedom_means_one_clip_per_prompt(self):
        one, other = (render([{**PROMPT, "motion": "orbiting"}], 8, 48, random.Random(seed), 0) for seed in (1, 2))
        self.assertTrue(torch.equal(one, other))

    def test_a_second_object_lies_over_the_first_and_does_not_hide_it(self):
        rng = random.Random(3)
        prompts = [grammar.sample_prompt(rng, 1.0) for _ in range(200)]
        both = [grammar.objects_of(prompt) for prompt in prompts]
        for freedom in (0.2, 1.0):
            rng = random.Random(1)
            (first, _), (second, body) = (
                layer([things[i] for things in both], [place] * 200, 8, 48, rng, freedom) for i, place in ((0, -1), (1, 1))
            )
            shares = (first * (1 - second)).sum((1, 3, 4)) / first.sum((1, 3, 4))  # [N, F]
            self.assertGreater(shares.amax(1).min().item(), 0.5)
            clips = (render(prompts, 8, 48, random.Random(1), freedom) + 1) / 2
            inside = (second == 1).expand_as(clips)
            torch.testing.assert_close(clips[inside], body[inside], atol=1e-6, rtol=0)

    def test_every_attribute_is_read_back_from_pixels(self):
        rng = random.Random(11)
        prompts = [grammar.sample_prompt(rng) for _ in range(64)]
        shares = adherence(prompts, read(render(prompts, 8, 48, rng)))
        for slot in [*grammar.OBJECT, "background", "count"]:
            self.assertGreaterEqual(shares[slot], 0.98, slot)

    def test_two_objects_are_read_back_from_pixels(self):
        rng = random.Random(12)
        prompts = [grammar.sample_prompt(rng, 1.0) for _ in range(32)]
        shares = adherence(prompts, read(render(prompts, 8, 48, rng)))
        for slot in [*grammar.OBJECT, *(f"{slot}2" for slot in grammar.OBJECT), "background", "count"]:
            self.assertGreaterEqual(shares[slot], 0.95, slot)

    def test_which_object_is_the_first_is_for_the_prompt_to_say(self):
        prompt = grammar.parse("a large red circle orbiting and a small blue ring pulsing on a black background")
        reading = read(render([prompt], 8, 48, random.Random(0)))[0]
        exchanged = grammar.parse("a small blue ring pulsing and a large red circle orbiting on a black background")
        one = {slot: word for slot, word in prompt.items() if not slot.endswith("2")}
        self.assertTrue(all(hits(prompt, reading).values()))
        self.assertTrue(all(hits(exchanged, reading).values()))
        self.assertEqual([slot for slot, right in hits(one, reading).items() if not right], ["count"])
        wrong = hits({**prompt, "shape2": "star"}, reading)
        self.assertEqual([slot for slot, right in wrong.items() if not right], ["shape2"])

    def test_a_clip_without_object_does_not_read_as_one(self):
        clip = render([PROMPT], 8, 48, random.Random(0))
        clip[:, :, 3:] = clip[:, :, 3:, :1, :1]
        reading = read(clip)[0]
        self.assertEqual([reading[slot] for slot in ("colour", "shape", "motion")], [None] * 3)
        self.assertEqual(reading["background"], "black")


class Second(unittest.TestCase):
    def test_the_words_of_a_second_object_begin_as_those_of_the_first_moved_one_way(self):
        model = build(tiny())
        before = model.caption_projection.linear_1.weight.clone()
        second_like_first(model)
        after = model.caption_projection.linear_1.weight
        pairs = [(column, grammar.COLUMNS[slot[:-1], word]) for (slot, word), column in grammar.COLUMNS.items() if slot.endswith("2")]
        moved = torch.stack([after[:, second] - after[:, first] for second, first in pairs])
        torch.testing.assert_close(moved, moved[:1].expand_as(moved), atol=1e-5, rtol=0)
        self.assertGreater(moved[0].norm().item(), 0.1)
        kept = sorted(set(range(before.size(1))) - {second for second, _ in pairs})
        self.assertTrue(torch.equal(after[:, kept], before[:, kept]))


class Training(unittest.TestCase):
    def losses(self, config, steps: int) -> tuple[torch.nn.Module, list[float]]:
        torch.manual_seed(0)
        rng, table = random.Random(0), noise_table()
        model = build(config)
        optimizing = optimizers(model, config)
        found = []
        for _ in range(steps):
            loss = loss_of(model, *batch(config, rng), table, "cpu")
            loss.backward()
            for optimizer in optimizing:
                optimizer.step()
                optimizer.zero_grad()
            found.append(loss.item())
        return model, found

    def test_a_tiny_network_learns_and_its_export_reloads(self):
        config = tiny()
        model, found = self.losses(config, 120)
        self.assertLess(sum(found[-10:]), 0.7 * sum(found[:10]))
        with tempfile.TemporaryDirectory() as folder:
            run, out = Path(folder, "run"), Path(folder, "out")
            model.save_pretrained(run / "transformer")
            (run / "progress.json").write_text(json.dumps(dict(clips=960, minutes=0.1, step=120)))
            described = export(config, run, out, 2.0, "a test")
            again = LatteTransformer3DModel.from_pretrained(out / "transformer", torch_dtype=torch.float32)
            for wanted, found in zip(model.state_dict().values(), again.state_dict().values()):
                torch.testing.assert_close(found, wanted.half().float(), atol=0, rtol=0)
            paths = {file["path"] for file in described["files"]}
            there = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
            self.assertEqual(paths, there - {"manifest.json"})
            self.assertEqual(described["parameters"], sum(p.numel() for p in model.parameters()))

    def test_weights_are_cut_into_files_that_stay_below_the_limit(self):
        with tempfile.TemporaryDirectory() as folder:
            run, out = Path(folder, "run"), Path(folder, "out")
            model = build(tiny())
            model.save_pretrained(run / "transformer")
            (run / "progress.json").write_text(json.dumps(dict(clips=0, minutes=0, step=0)))
            described = export(tiny(), run, out, 2.0, "a test", shard_bytes=300_000)
            shards = [file for file in described["files"] if file["path"].endswith(".safetensors")]
            self.assertGreater(len(shards), 2)
            self.assertLess(max(file["bytes"] for file in shards), 310_000)
            self.assertIn("transformer/diffusion_pytorch_model.safetensors.index.json", [file["path"] for file in described["files"]])
            again = LatteTransformer3DModel.from_pretrained(out / "transformer", torch_dtype=torch.float32)
            for wanted, found in zip(model.state_dict().values(), again.state_dict().values()):
                torch.testing.assert_close(found, wanted.half().float(), atol=0, rtol=0)

    def test_frames_for_flux_pack_and_unpack_and_their_export_reloads(self):
        config = types.SimpleNamespace(**{name: value for name, value in vars(flux_nano).items() if name.isupper()})
        config.BATCH, config.MODEL = 4, {**flux_nano.MODEL, "num_layers": 1, "num_single_layers": 1}
        frames, conditions = images.batch(config, random.Random(0))
        self.assertTrue(torch.equal(images.pack(images.unpack(frames)), frames))
        self.assertTrue(torch.equal(images.unpack(frames)[0, 1, 4:8, 8:12].flatten(), frames[0, 14, 16:32]))
        self.assertEqual(images.parse(images.PROMPT)["shape"], "circle")
        with tempfile.TemporaryDirectory() as folder:
            run, out = Path(folder, "run"), Path(folder, "out")
            images.build(config).save_pretrained(run / "transformer")
            (run / "progress.json").write_text(json.dumps(dict(clips=0, minutes=0, step=0)))
            export(config, run, out, 2.0, "a test")
            slots = json.loads((out / "text" / "vocabulary.json").read_text())["slots"]
            self.assertEqual(conditions.shape, (4, len(slots), 1 + sum(len(slot["words"]) for slot in slots)))
            task, model, scheduler = load(out)
            clip = task.sample(model, [images.parse(images.PROMPT)], 2, 2.0, 0, by=scheduler)
            self.assertEqual((task, clip.shape), (images, (1, 3, 1, 48, 48)))

    def test_small_runs(self):
        config = types.SimpleNamespace(**{name: value for name, value in vars(small).items() if name.isupper()})
        config.BATCH = 2
        model, found = self.losses(config, 2)
        self.assertTrue(all(0 < loss < 10 for loss in found))
        with tempfile.TemporaryDirectory() as folder:
            run, out = Path(folder, "run"), Path(folder, "out")
            model.save_pretrained(run / "transformer")
            (run / "progress.json").write_text(json.dumps(dict(clips=4, minutes=0.1, step=2)))
            sizes = [file["bytes"] for file in export(config, run, out, 2.0, "a test")["files"]]
            self.assertGreater(sum(sizes), 16 * 2**20)
            self.assertLess(max(sizes), 16 * 2**20)

    def test_sampling_begins_at_pure_noise(self):
        alpha, sigma, time_of = noise_table()
        self.assertLess(alpha[-1].item(), 1e-6)
        self.assertAlmostEqual(sigma[-1].item(), 1, places=6)
        made = scheduler()
        made.set_timesteps(20)
        self.assertEqual(made.timesteps[0].item(), len(alpha) - 1)
        self.assertTrue((time_of.diff() < 0).all())


if __name__ == "__main__":
    unittest.main()
