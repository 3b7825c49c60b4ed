"""python -m unittest test_scenes.py, in this folder; skipped where torch is not installed."""

import json
import random
import tempfile
import types
import unittest
from pathlib import Path

try:
    import torch
    from diffusers import AutoencoderTiny
    from torch._subclasses.fake_tensor import FakeTensorMode
except ImportError as error:
    raise unittest.SkipTest("torch and diffusers are not installed") from error

from config import flux_scenes_nano, scenes_nano, scenes_small
from export import export
from scenes import autoencoder, clips, evaluate, grammar, land, objects, read, sky, stills, water
from scenes.encode import chunk_of
from scenes.land import PAN
from scenes.render import render
from scenes.crops import Frames
from tasks import load
from train import optimizers

PROMPT = grammar.parse("a red balloon drifting right over green hills at noon with a clear sky and the camera still")
TIMES = torch.linspace(0, 1, 8)


def fields(config, **changes) -> types.SimpleNamespace:
    return types.SimpleNamespace(**{**{name: value for name, value in vars(config).items() if name.isupper()}, **changes})


def clip(seed: int = 0, side: int = 72, **words):
    generator = torch.Generator().manual_seed(seed)
    return render(grammar.tensor([{**PROMPT, **words}]), TIMES, side, generator, 0.3)


class Grammar(unittest.TestCase):
    def test_sentences_read_back(self):
        for prompt in grammar.draw(300, torch.Generator().manual_seed(0)):
            said = grammar.words(prompt)
            self.assertEqual(grammar.parse(grammar.sentence(said)), said)
            self.assertTrue(torch.equal(grammar.tensor([said])[0], prompt))
            without = {slot: word for slot, word in said.items() if slot != "camera"}
            self.assertEqual(grammar.parse(grammar.sentence(without)), without)

    def test_boats_stay_on_water(self):
        prompts = grammar.draw(400, torch.Generator().manual_seed(1))
        boats = [grammar.words(prompt) for prompt in prompts[grammar.shows(prompts, "object", "boat")]]
        self.assertGreater(len(boats), 80)
        self.assertEqual({boat["scene"] for boat in boats}, set(grammar.WATER))
        self.assertEqual({boat["motion"] for boat in boats}, {"drifting right", "drifting left"})

    def test_words_outside_the_language_are_refused(self):
        for text in ("a mauve kite rising over open sea at noon with mist", "a red kite rising over open sea at noon with mist too"):
            with self.assertRaises(ValueError):
                grammar.parse(text)

    def test_rows_are_one_hot_and_in_the_order_of_the_vocabulary(self):
        for slots in (6, 7):
            listed = grammar.vocabulary(slots)["slots"]
            columns = ["<pad>", *((slot["name"], word) for slot in listed for word in slot["words"])]
            given = grammar.rows(torch.stack([grammar.tensor([PROMPT])[0, :slots], torch.full((slots,), -1)]))
            self.assertEqual(given.shape, (2, slots, len(columns)))
            for row, slot in zip(given[0], listed):
                self.assertEqual(columns[row.argmax()], (slot["name"], PROMPT[slot["name"]]))
            self.assertTrue((given[1, :, 0] == 1).all() and (given.sum(-1) == 1).all())


class Renderer(unittest.TestCase):
    def test_a_seed_is_a_clip(self):
        self.assertTrue(torch.equal(clip(3)[0], clip(3)[0]))
        self.assertGreater((clip(3)[0] - clip(4)[0]).abs().mean().item(), 0.02)

    def test_objects_move_as_asked(self):
        at = torch.linspace(0, 1, 72)
        ways = {"drifting right": (1, 0), "drifting left": (-1, 0), "rising": (0, -1), "sinking": (0, 1)}
        for motion, (right, down) in ways.items():
            cover = clip(motion=motion)[1][0]
            x = (cover.sum(1) * at).sum(-1) / cover.sum((1, 2))
            y = (cover.sum(2) * at).sum(-1) / cover.sum((1, 2))
            for course, way in ((x, right), (y, down)):
                self.assertTrue((course.diff() * way > 0.02).all() if way else course.diff().abs().max() < 0.03, motion)

    def test_a_camera_that_pans_moves_the_near_land_most_and_the_sky_not(self):
        still = clip(camera="still", motion="rising", scene="pine forest")[0][0]
        right = clip(camera="panning right", motion="rising", scene="pine forest")[0][0]
        changed = (right - still).abs().mean((0, 1, 3))  # by row
        self.assertEqual(changed[:20].max().item(), 0)
        self.assertGreater(changed[-12:].mean().item(), 0.005)
        near, pace = right[:, :, -8:], round(PAN * 72 / 7)  # the land passes to the left, by this many pixels a frame
        apart = [(near[:, 1:].roll(shift, -1) - near[:, :-1])[..., 8:-8].abs().mean().item() for shift in (pace, -pace)]
        self.assertLess(apart[0], 0.7 * apart[1])

    def test_water_mirrors_the_sky_and_night_is_darker_than_noon(self):
        noon, night = clip(time="noon", scene="open sea")[0][0], clip(time="night", scene="open sea")[0][0]
        self.assertGreater(noon.mean().item(), night.mean().item() + 0.5)
        sky, sea = noon[:, :, 30:36].mean((1, 2, 3)), noon[:, :, 48:54].mean((1, 2, 3))
        self.assertGreater(sky[2] - sky[0], 0)
        self.assertGreater(sea[2] - sea[0], 0)

    def test_every_word_is_read_back_from_pixels(self):
        generator = torch.Generator().manual_seed(31)
        prompts, readings = grammar.draw(48, generator), []
        for some in prompts.split(12):
            readings += read.read(render(some, TIMES[::3], 144, generator, 0.6)[0])
        shares = read.adherence([grammar.words(prompt) for prompt in prompts], readings)
        for slot in ("colour", "object", "motion", "scene", "time"):
            self.assertGreaterEqual(shares[slot], 0.97, slot)

    def test_a_clip_without_object_does_not_read_as_one(self):
        reading = read.read(torch.full((1, 3, 3, 144, 144), 0.3))[0]
        self.assertEqual([reading[slot] for slot in ("colour", "object", "motion")], [None] * 3)


class Devices(unittest.TestCase):
    """Tensors without numbers know their device, so that a mixture is an error where there is no GPU either."""

    def test_what_is_rendered_stays_on_the_device_of_its_words(self):
        with FakeTensorMode(allow_non_fake_inputs=True), torch.device("cuda"):
            prompts, times = torch.zeros(2, 7, dtype=torch.long), torch.linspace(0, 1, 3)
            picture, sun = sky.sky(prompts, times, 72, 1.0, None)
            strip = land.paint(prompts, land.crests(prompts[:, 3], 108, None), 0, sun[..., 0].mean(1), 72)
            line = water.waterline(prompts, None)
            wet = water.fogged(prompts, water.mirrored(prompts, picture, times, sun[..., 0], line, None), line)
            centre = objects.path(prompts, times, line, 1.0, None)
            drawn = [objects.drawn(prompts, kind, centre, times, 72, torch.rand(2, 1, 1, 1)) for kind in objects.RADIUS]
            rows = grammar.rows(prompts)
        made = [picture, strip, wet, rows, *(part for pair in drawn for part in pair)]
        self.assertEqual({part.device.type for part in made}, {"cuda"})

    def test_crops_hold_the_object_in_about_half_of_the_cases_and_repeat_with_their_seed(self):
        one, other = (Frames(torch.Generator().manual_seed(4), 8) for _ in range(2))
        batches = [one.batch() for _ in range(6)]
        self.assertTrue(torch.equal(batches[0][0], other.batch()[0]))
        self.assertTrue(batches[0][0].is_contiguous(memory_format=torch.channels_last))
        self.assertEqual((batches[0][0].shape, batches[0][1].shape), ((8, 3, 72, 72), (8, 72, 72)))
        middle = torch.cat([cover[:, 26:46, 26:46].amax((1, 2)) for _, cover in batches]) > 0.5
        self.assertTrue(0.5 <= middle.float().mean() < 1)


class Latents(unittest.TestCase):
    def test_an_autoencoder_learns_and_comes_back_from_its_latents(self):
        torch.manual_seed(0)
        model, frames = autoencoder.build(), Frames(torch.Generator().manual_seed(0), 4)
        optimizer, losses = torch.optim.AdamW(model.parameters(), 2e-3), []
        pictures, cover = frames.batch()
        for _ in range(12):
            loss, _ = autoencoder.loss_of(model, pictures[:4], cover[:4])
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
        self.assertLess(losses[-1], 0.8 * losses[0])
        some = pictures[:4].unflatten(0, (2, 2)).transpose(1, 2)
        latents = autoencoder.encode(model, some)
        self.assertEqual(latents.shape, (2, autoencoder.CHANNELS, 2, 9, 9))
        back = autoencoder.decode(model, latents)
        with torch.no_grad():
            alone = model.decode(model.encode(some[1:, :, 1]).latents).sample[0]
            torch.testing.assert_close(back[1, :, 1], alone, atol=1e-4, rtol=1e-4)

    def test_latents_train_a_network_whose_export_makes_a_clip(self):
        torch.manual_seed(0)
        config = fields(scenes_nano, FRAMES=2, BATCH=4, MODEL={**scenes_nano.MODEL, "num_layers": 1}, NAME="tiny")
        with tempfile.TemporaryDirectory() as name:
            run, out = Path(name, "run"), Path(name, "out")
            autoencoder.build().save_pretrained(run / "vae")
            (run / "latents").mkdir()
            prompts = grammar.draw(8, torch.Generator().manual_seed(0), config.HELD)
            chunk = {"prompts": prompts.byte(), "latents": torch.randn(8, config.CHANNELS, 2, 18, 18).half()}
            torch.save(chunk, run / "latents" / "0000.pt")
            clips.use(run)
            network, rng, losses = clips.build(config), random.Random(0), []
            optimizing, given = optimizers(network, config), clips.batch(config, rng)
            for _ in range(8):
                torch.manual_seed(1)
                loss = clips.loss_of(network, *given, None, "cpu")
                loss.backward()
                for optimizer in optimizing:
                    optimizer.step()
                    optimizer.zero_grad()
                losses.append(loss.item())
            self.assertLess(losses[-1], 0.97 * losses[0])
            network.save_pretrained(run / "transformer")
            (run / "progress.json").write_text(json.dumps(dict(clips=12, minutes=0.1, step=3)))
            described = export(config, run, out, 4.0, "a test")
            self.assertEqual((described["clip"]["height"], described["defaults"]["sigmas"]), (144, "trailing"))
            self.assertIn("vae/diffusion_pytorch_model.safetensors", [file["path"] for file in described["files"]])
            self.assertLess(sum(f["bytes"] for f in described["files"] if f["path"].startswith("vae/")), 1.5e6)
            task, again, scheduler = load(out)
            self.assertIs(task, clips)
            prompt = {slot: word for slot, word in PROMPT.items() if slot != "camera"}
            made = task.sample(again, [prompt], 2, 4.0, 0, by=scheduler)
            self.assertEqual(made.shape, (1, 3, 2, 144, 144))
            found = evaluate.errors(again, torch.load(run / "latents" / "0000.pt"))
            self.assertTrue(0 < found["0.2"] < found["1.0"] < 2.5)
            shares = evaluate.shown(task, again, scheduler, 2, 2, 4.0)
            self.assertTrue(all(0 <= share <= 1 for share in shares.values()))
            evaluation, asked = run / "adherence.json", [str(out), "--clips", "9", "--steps", "1", "--rendered", "8"]
            for minutes, seen in (("0", 8), ("1", 9)):  # stopped after its first eight, then gone on with
                evaluate.main([*asked, "--minutes", minutes, "--out", str(evaluation)])
                told = json.loads(evaluation.read_text())
                self.assertEqual((told["trained_clips"], told["prompts"], told["lines"][0]["steps"]), (12, seen, 1))
            self.assertGreater(told["rendered"]["0.6"]["all"], 0.7)  # of eight
            self.assertAlmostEqual(scheduler.sigmas[1].item(), 3 * 0.5 / (1 + 2 * 0.5), places=6)

    def test_small_is_of_its_size_and_takes_a_step(self):
        config = fields(scenes_small)
        network = clips.build(config)
        self.assertTrue(10e6 < sum(p.numel() for p in network.parameters()) < 15e6)
        latents = torch.randn(1, config.CHANNELS, config.FRAMES, config.SIDE, config.SIDE)
        clips.loss_of(network, latents, grammar.rows(grammar.tensor([PROMPT])), None, "cpu").backward()
        self.assertTrue(all(p.grad is None or p.grad.isfinite().all() for p in network.parameters()))

    def test_stills_for_flux_take_two_steps_and_their_export_reloads(self):
        config = fields(flux_scenes_nano, BATCH=4)
        self.assertEqual(stills.sentence(stills.parse(stills.PROMPT)), stills.PROMPT)
        with tempfile.TemporaryDirectory() as folder:
            run, out = Path(folder, "run"), Path(folder, "out")
            autoencoder.build().save_pretrained(run / "vae")
            (run / "latents").mkdir()
            prompts = grammar.draw(8, torch.Generator().manual_seed(0), config.HELD)
            torch.save({"prompts": prompts.byte(), "latents": torch.randn(8, 8, 2, 18, 18).half()}, run / "latents" / "0000.pt")
            stills.use(run)
            network, rng, losses = stills.build(config), random.Random(0), []
            optimizing = optimizers(network, config)
            for _ in range(2):
                loss = stills.loss_of(network, *stills.batch(config, rng), None, "cpu")
                loss.backward()
                for optimizer in optimizing:
                    optimizer.step()
                    optimizer.zero_grad()
                losses.append(loss.item())
            self.assertTrue(all(0 < loss < 5 for loss in losses))
            network.save_pretrained(run / "transformer")
            (run / "progress.json").write_text(json.dumps(dict(clips=8, minutes=0.1, step=2)))
            described = export(config, run, out, 4.0, "a test")
            self.assertEqual(described["clip"], {"frames": 1, "height": 144, "width": 144, "channels": 3, "fps": 8})
            task, again, scheduler = load(out)
            self.assertIs(task, stills)
            made = task.sample(again, [stills.parse(stills.PROMPT)], 2, 4.0, 0, by=scheduler)
            self.assertEqual(made.shape, (1, 3, 1, 144, 144))
            self.assertEqual(set(evaluate.shown(task, again, scheduler, 2, 2, 4.0)), {*stills.SLOTS, "all"})

    def test_chunks_are_the_same_whenever_they_are_made(self):
        config = fields(scenes_nano, FRAMES=1, SIDE=4)
        vae = AutoencoderTiny.from_config(autoencoder.build().config).eval()
        one, other = chunk_of(config, vae, 5), chunk_of(config, vae, 5)
        self.assertTrue(torch.equal(one["latents"], other["latents"]) and torch.equal(one["prompts"], other["prompts"]))
        self.assertEqual(one["latents"].shape, (64, config.CHANNELS, 1, 4, 4))


if __name__ == "__main__":
    unittest.main()
