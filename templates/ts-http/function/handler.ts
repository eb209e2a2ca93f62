import type { FunctionContext, FunctionEvent } from './openfaas.d.ts';

export type GreetingEvent = FunctionEvent<{ name?: string } | undefined>;

export interface Greeting {
  message: string;
}

/** Greets the name in the query, or in a JSON body such as {"name": "Ada"}. */
export default async function handler(
  event: GreetingEvent,
  context: FunctionContext,
): Promise<Greeting | void> {
  const name = event.query.name ?? event.body?.name ?? 'world';
  if (typeof name !== 'string') return context.status(400).fail('give one name, as text');
  return { message: `Hello, ${name}!` };
}
