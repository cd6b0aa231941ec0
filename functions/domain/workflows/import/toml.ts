/** A module of ours, since bundles give a package that is imported lazily no named exports. */
export { parse } from 'smol-toml';
