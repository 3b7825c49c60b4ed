interface Brands {
  readonly brands: readonly { readonly brand: string; readonly version: string }[];
  readonly platform: string;
}

/** The browser and the machine under it, as far as a page may know: "Chromium 140, Linux, 8 threads". */
export const machineHere = (): string => {
  const { userAgentData, userAgent, hardwareConcurrency } = navigator as Navigator & {
    readonly userAgentData?: Brands;
  };
  const known = userAgentData?.brands.find(({ brand }) => !/not.?a.?brand/i.test(brand));
  const [, engine] = /(Firefox\/\d+|Version\/\d+[\d.]* Safari|Chrome\/\d+)/.exec(userAgent) ?? [];
  const browser = known ? `${known.brand} ${known.version}` : (engine?.replace("/", " ") ?? "a browser");
  const [, system] = /\(([^;)]+)/.exec(userAgent) ?? [];
  return [browser, userAgentData?.platform || system, `${hardwareConcurrency} threads`].filter(Boolean).join(", ");
};
