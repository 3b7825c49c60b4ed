// How plans are written for people.

export const gib = (bytes: number): string => `${(bytes / 2 ** 30).toPrecision(3)} GiB`;
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
export const times = (speedUp: number): string => `${speedUp.toFixed(2)}×`;
