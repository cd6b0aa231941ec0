/** The mark of the product, beside its name. */
export const Logo = () => (
  <img src={new URL('../icon.svg', import.meta.url).href} alt="" width="22" height="22" />
);
