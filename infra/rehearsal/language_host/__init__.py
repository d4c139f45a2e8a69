"""The engine's way to run our Python program: `pulumi-language-python`, in Python.

Owns: the gRPC service that the engine asks (`service`), its process (`__main__`), the children that
run programs and policy packs (`children`), and the start of a program inside its own process
(`executor`).
Does not own: the program, nor the engine (`infra.rehearsal.engine`).

Why our own: the official language host comes only with the official distribution, which is not to
be had as a Go module. It does what that one does for a program that lives in this environment:
no toolchain is asked, the interpreter is the one that runs the host.
"""
