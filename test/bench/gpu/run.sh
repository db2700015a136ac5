#!/bin/sh
# Runs the bench from an unpacked package: node, libraries and code are all beside this file.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
folders="/usr/lib/x86_64-linux-gnu /lib/x86_64-linux-gnu /usr/lib64 /usr/local/nvidia/lib64 /usr/lib"

# The folder that has a library, nothing where the machine lacks it.
folder_of() {
  for folder in $folders; do
    if [ -e "$folder/$1" ]; then
      echo "$folder"
      return
    fi
  done
}

add() {
  LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$1"
  export LD_LIBRARY_PATH
}

# What the machine has of its own fits its driver best.
[ -n "$(folder_of libvulkan.so.1)" ] || add "$here/lib/vulkan"
[ -n "$(folder_of libX11.so.6)" ] || add "$here/lib/x11"
"$here/bin/node" --version >/dev/null 2>&1 || add "$here/lib/cxx"

# A container may have NVIDIA's driver without the file that tells the Vulkan loader of it.
if [ -z "${VK_ICD_FILENAMES:-}${VK_DRIVER_FILES:-}" ] &&
  ! ls /etc/vulkan/icd.d/*.json /usr/share/vulkan/icd.d/*.json >/dev/null 2>&1; then
  for library in libGLX_nvidia.so.0 libEGL_nvidia.so.0; do
    if [ -n "$(folder_of $library)" ]; then
      add "$(folder_of $library)"
      VK_ICD_FILENAMES="${VK_ICD_FILENAMES:+$VK_ICD_FILENAMES:}$here/lib/$library.json"
      export VK_ICD_FILENAMES
    fi
  done
fi
exec "$here/bin/node" "$here/app/dist/test/bench/gpu/main.js" "$@"
