import { figures } from "./figures.js";
import type { Source } from "./table.js";

/** SeaCache's authors: the tables of their project page, and times from their READMEs without quality beside them. */
export const seaCacheSources: readonly Source[] = [
  {
    title: "SeaCache project page",
    url: "https://github.com/jiwoogit/SeaCache",
    own: ["seacache"],
    note: "Speed-ups in operations are ratios of the operations given there. The other methods' settings are the authors' choice.",
    groups: figures(`
      method       at              flops      seconds  psnr   ssim   lpips
      # FLUX.1-dev | 1024², 50 steps
      none         ·               ·          20.9
      fewer-steps  25 steps        ·          10.5     15.55  0.668  0.409
      fewer-steps  15 steps        ·          6.4      17.84  0.74   0.305
      teacache     threshold 0.3   ·          11.4     20.76  0.81   0.211
      taylorseer   interval 3      ·          9.8      22.78  0.828  0.163
      seacache     threshold 0.3   2976/1098  9.4      26.28  0.893  0.106
      deltadit     ·               ·          15.5     17.4   0.71   0.336
      toca         ·               ·          15.9     18.39  0.7    0.324
      teacache     threshold 0.6   ·          7.1      17.21  0.714  0.348
      taylorseer   interval 5      ·          7.5      19.97  0.762  0.236
      seacache     threshold 0.6   2976/773   6.4      21.33  0.798  0.226
      # Wan2.1 1.3B | 480p, 65 frames, 50 steps
      none         ·               ·          176.3
      teacache     threshold 0.09  ·          86.6     20.84  0.721  0.171
      taylorseer   interval 2      ·          93.1     16.15  0.543  0.336
      seacache     threshold 0.2   8214/3942  83.9     26.6   0.873  0.075
      teacache     threshold 0.15  ·          63.6     18.88  0.645  0.245
      taylorseer   interval 3      ·          67.1     14.18  0.453  0.455
      seacache     threshold 0.35  8214/2793  56.6     21.78  0.74   0.17
    `),
  },
  {
    title: "SeaCache READMEs",
    url: "https://github.com/jiwoogit/SeaCache",
    device: "RTX PRO 6000",
    own: ["seacache"],
    groups: figures(`
      method    at              seconds
      # FLUX.1-dev
      none      ·               18
      seacache  threshold 0.3   9.4
      seacache  threshold 0.6   6.4
      # HunyuanVideo | 720p | doubt: 361 % of the peak of one RTX PRO 6000 for 129 frames and 50 steps, which are not named
      none      ·               5:32
      seacache  threshold 0.2   150
      seacache  threshold 0.4   100
      # Wan2.1 1.3B | 480p
      none      ·               2:56
      seacache  threshold 0.2   84
      seacache  threshold 0.35  56
      # Wan2.1 14B | text to video, 480p
      none      ·               15:11
      seacache  threshold 0.2   7:31
      seacache  threshold 0.4   4:53
      # Wan2.1 14B | text to video, 720p
      none      ·               51:13
      seacache  threshold 0.2   25:32
      seacache  threshold 0.4   16:30
      # Wan2.1 14B | image to video, 720p
      none      ·               52:05
      seacache  threshold 0.2   25:03
      seacache  threshold 0.4   16:50
    `),
  },
];
