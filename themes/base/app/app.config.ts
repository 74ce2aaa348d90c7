export default defineAppConfig({
  ui: {
    colors: {
      primary: 'iris',
      success: 'leaf',
      error: 'ember',
      warning: 'honey',
      info: 'lake',
      neutral: 'ink',
    },
    // Icons as tall as the text they stand beside.
    button: {
      variants: {
        size: {
          md: { leadingIcon: 'size-4', trailingIcon: 'size-4' },
          lg: { leadingIcon: 'size-4', trailingIcon: 'size-4' },
          xl: { leadingIcon: 'size-5', trailingIcon: 'size-5' },
        },
      },
    },
    card: { slots: { root: 'rounded-lg', body: 'p-4 sm:p-4', header: 'p-4 sm:px-4', footer: 'p-4 sm:px-4' } },
  },
})
