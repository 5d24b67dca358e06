"""From a delivered file of any kind to `delivery.ReadFile`, in a process that may die. Callers use
`client.read`.
"""
