"""Every C++ file is as clang-format leaves it."""

import shutil
import subprocess
import sys

from source_files import ROOT, sources

PROGRAM = "clang-format-16"  # Other versions lay out some code differently.


def main():
    if shutil.which(PROGRAM) is None:
        sys.exit(f"{PROGRAM} is missing: apt-get install {PROGRAM}")
    files = [str(path) for path in sources()]
    result = subprocess.run([PROGRAM, "--dry-run", "-Werror", *files], cwd=ROOT, check=False)
    print("clean" if result.returncode == 0 else f"run {PROGRAM} -i on the files named above")
    sys.exit(result.returncode)


if __name__ == "__main__":
    main()
