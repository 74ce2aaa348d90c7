declare module '#app' {
  interface PageMeta {
    /** Permission a page needs; the server decides, this spares the reader an empty page. */
    permission?: string
  }
}

/** Nobody but operators gets past the sign-in page; where they wanted to go is kept in the address. */
export default defineNuxtRouteMiddleware((to) => {
  const { user } = useSession()
  const isOperator = user.value?.roles.some((role) => role !== 'user') ?? false
  if (to.path === '/login') return isOperator ? navigateTo('/') : undefined
  if (!isOperator) return navigateTo({ path: '/login', query: to.path === '/' ? {} : { to: to.fullPath } })
})
