import fc from "fast-check";

// The suite tries the same cases every time; FUZZ_SEED=… tries others.
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 20_261_126) });
