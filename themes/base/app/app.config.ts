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
  },
})
