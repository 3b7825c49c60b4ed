/** Three ways to read the site: what each is about, and its pages. */
export const ways = [
  {
    name: "Learn",
    about: "See noise become a clip, a step become two branches and a block its sub-layers, and what may be skipped.",
    links: [
      ["How caching works", "guide/how-caching-works"],
      ["Seen in two dimensions", "guide/seen-in-two-dimensions"],
      ["Why neighbouring steps look alike", "guide/why-steps-look-alike"],
      ["Glossary", "reference/glossary"],
    ],
  },
  {
    name: "Choose",
    about: "Answer five questions, or plan your model: what a method skips, the memory it takes, what papers measured.",
    links: [
      ["Choosing a method", "guide/choosing-a-method"],
      ["Plan your model", "plan"],
      ["All methods, measured here", "methods"],
      ["Published numbers, with sources", "reference/published-numbers"],
    ],
  },
  {
    name: "Build",
    about: "Run the engine in cells of TypeScript, in your own project, or take the settings to diffusers in Python.",
    links: [
      ["Playground", "play"],
      ["Write your own method", "guide/write-your-own-method"],
      ["In your project", "guide/in-your-project"],
      ["From here to diffusers", "guide/from-here-to-diffusers"],
    ],
  },
] as const;
