/** The owner that ends the things that a helper makes: the context of a test. */
export interface Owner {
  after(cleanup: () => Promise<void> | void): void;
}
