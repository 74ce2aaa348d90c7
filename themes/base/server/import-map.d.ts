declare module '#cambium/import-map.mjs' {
  export const importMap: { readonly imports: Readonly<Record<string, string>> }
}
