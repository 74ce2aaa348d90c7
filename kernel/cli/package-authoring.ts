/** What makes packages of plugins, apart from the rest of `kernel/plugins`, so that it can be loaded and published alone. */
export { createSigningKeys, packFolder, signFile, verifyFile } from '../plugins/index.ts'
