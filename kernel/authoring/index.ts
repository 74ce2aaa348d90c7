export { buildAuthorPackages, type PublishedPackage } from './author-packages.ts'
