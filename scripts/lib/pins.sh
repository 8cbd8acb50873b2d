# What the set-up fetches, and what it must hash to.
# shellcheck shell=bash disable=SC2034

DENO_VERSION=2.9.6
# SHA-256 of the program itself, whichever way it came; a platform without one here has the publisher's checksum only.
DENO_SHA256_Linux_x86_64=bceb5b6a6239b0b010418406d8c77a508f67cf4337d94288f1c19fe71304aab0

# The stand-in for node:22-slim. SHA-512 of the packages, as the npm registry's `dist.integrity` has it.
NODE_VERSION=22.23.3
NODE_SHA512_amd64=a879f3e6d16c1e88ff58cfae4443558d638d8b9855be6c2b82af00e15efa2a9b95340738fa3c0af31e20c1ba1b13d06d1cd83f00a476e7cdde628acb17f73b9e
NODE_SHA512_arm64=9770c01d9adeca5a3ea7d4170edb0eae31b625726a5736179c01a621034e50d01170ca694ced9c99ec1540ffb7ead8c99d213e773a4c36d816f9cde8883bd7b4
NPM_VERSION=11.21.2
NPM_SHA512=ec73c0a64f807e53146af4ac78bd4f9ba0a762a3081e4e77c7e2a6ba1aa64c3a8f9233cc8312294cf713aac13dd4428dc3880504957d7e75e249d1a6d435eaf4
