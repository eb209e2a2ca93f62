/** All but the body as JSON, with its length before it, then the body. */
export function packed({ body, ...rest }: { readonly body: Buffer }): Buffer {
  const head = Buffer.from(JSON.stringify(rest));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, body]);
}

/** What `packed` has made, which is trusted to be a T. @returns undefined for nothing */
export function unpacked<T extends { readonly body: Buffer }>(bytes: Buffer | undefined): T | undefined {
  if (bytes === undefined) return undefined;
  const length = bytes.readUInt32BE();
  const head = JSON.parse(bytes.toString('utf8', 4, 4 + length)) as object;
  return { ...head, body: bytes.subarray(4 + length) } as unknown as T;
}
