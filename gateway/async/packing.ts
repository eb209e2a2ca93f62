/** @returns the length of a JSON (4 bytes, big-endian), the JSON of everything but the body, and the body */
export function packed({ body, ...rest }: { readonly body: Buffer }): Buffer {
  const head = Buffer.from(JSON.stringify(rest));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, body]);
}

/** Reads the bytes of `packed`. They are trusted to be a T. @returns undefined for no bytes */
export function unpacked<T extends { readonly body: Buffer }>(bytes: Buffer | undefined): T | undefined {
  if (bytes === undefined) return undefined;
  const length = bytes.readUInt32BE();
  const head = JSON.parse(bytes.toString('utf8', 4, 4 + length)) as object;
  return { ...head, body: bytes.subarray(4 + length) } as unknown as T;
}
