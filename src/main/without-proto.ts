/**
 * The first import of every process and thread of ours: `__proto__` is no way to a prototype any more, whatever a file, a message or a package says.
 * Equal to Node's `--disable-proto=delete`, which the host of the models gets (and hands to its threads), but a command that a person starts cannot be given.
 */
Reflect.deleteProperty(Object.prototype, '__proto__')

export {}
