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
      // A see-through accent under the pointer would fall below the contrast its text needs.
      compoundVariants: [
        {
          color: 'primary' as const,
          variant: 'solid' as const,
          class:
            'hover:bg-primary-600 active:bg-primary-700 dark:hover:bg-primary-300 dark:active:bg-primary-200 disabled:bg-primary aria-disabled:bg-primary',
        },
        {
          color: 'error' as const,
          variant: 'solid' as const,
          class: 'hover:bg-error-600 active:bg-error-700 dark:hover:bg-error-300 dark:active:bg-error-200',
        },
        {
          color: 'success' as const,
          variant: 'solid' as const,
          class:
            'hover:bg-success-600 active:bg-success-700 dark:hover:bg-success-300 dark:active:bg-success-200',
        },
      ],
    },
    // On a phone what asks something comes from below, where the thumb is.
    modal: {
      compoundVariants: [
        {
          scrollable: false,
          fullscreen: false,
          class: {
            content:
              'max-sm:inset-x-0 max-sm:top-auto max-sm:bottom-0 max-sm:w-full max-sm:max-w-none max-sm:translate-x-0 max-sm:translate-y-0 max-sm:rounded-b-none max-sm:rounded-t-xl',
          },
        },
      ],
    },
    // On its own tint, coloured text would fall below the contrast it needs: the icon and the edge say which kind it is.
    alert: { slots: { title: 'text-highlighted', description: 'text-default opacity-100' } },
    card: { slots: { root: 'rounded-lg', body: 'p-4 sm:p-4', header: 'p-4 sm:px-4', footer: 'p-4 sm:px-4' } },
  },
})
