'use strict';

/**
 * Greets the name in the query, or in a JSON body such as {"name": "Ada"}.
 *
 * @type {import('./openfaas.d.ts').Handler<{ name?: string } | undefined>}
 */
module.exports = async (event, context) => {
  const name = event.query.name ?? event.body?.name ?? 'world';
  return context.status(200).succeed({ message: `Hello, ${name}!` });
};
