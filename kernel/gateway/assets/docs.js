const input = document.querySelector('#search')
const routes = [...document.querySelectorAll('details.route')]
const sections = [...document.querySelectorAll('section[data-owner]')]
const nothing = document.querySelector('#nothing')

function filter() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
  for (const route of routes) route.hidden = !words.every((word) => route.dataset.text.includes(word))
  for (const section of sections) section.hidden = !section.querySelector('details.route:not([hidden])')
  nothing.hidden = sections.some((section) => !section.hidden)
}

function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (target?.matches('details')) target.open = true
}

input.addEventListener('input', filter)
addEventListener('hashchange', openTarget)
addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target === input) return
  event.preventDefault()
  input.focus()
})
openTarget()
