/** Greets the name in the query. A posted body comes back while it is still arriving. */
export default async function handler(request: Request): Promise<Response> {
  if (request.body) {
    const type = request.headers.get('content-type') ?? 'application/octet-stream';
    return new Response(request.body, { headers: { 'content-type': type } });
  }
  const name = new URL(request.url).searchParams.get('name') ?? 'world';
  return Response.json({ message: `Hello, ${name}!` });
}
