/** Offers a text, or bytes, as a file to keep. */
export const saveFile = (name: string, type: string, content: BlobPart): void => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};
