#!/bin/sh
#
# mapserver.sh - maps as pictures, drawn by a large C++ program.

# shellcheck source=t/apps/common
. "${SRCDIR:?}/t/apps/common"
needs curl
mapserv=/usr/lib/cgi-bin/mapserv
[ -x "$mapserv" ] || skip "there is no mapserv"

cat >"$dir/data/garden.map" <<'EOF'
MAP
  NAME "garden"
  SIZE 200 100
  EXTENT 0 0 200 100
  IMAGECOLOR 255 255 255
  IMAGETYPE PNG
  OUTPUTFORMAT
    NAME "png"
    DRIVER AGG/PNG
    MIMETYPE "image/png"
    EXTENSION "png"
  END
  WEB
    METADATA
      "wms_title" "Garden"
      "wms_enable_request" "*"
      "wms_srs" "EPSG:4326"
      "wms_onlineresource" "http://localhost/map?"
    END
  END
  LAYER
    NAME "beds"
    TYPE POLYGON
    STATUS DEFAULT
    FEATURE
      POINTS 10 10 190 10 190 90 10 90 10 10 END
    END
    CLASS
      STYLE
        COLOR 0 128 0
      END
    END
  END
END
EOF
cat >"$dir/data/mapserver.conf" <<EOF
CONFIG
  ENV
    MS_MAP_PATTERN "^$dir/data/"
  END
  MAPS
    GARDEN "$dir/data/garden.map"
  END
END
EOF
serve <<END
ScriptAlias /map "$mapserv"
SetEnv MAPSERVER_CONFIG_FILE $dir/data/mapserver.conf
SetEnv MS_MAP_PATTERN ^$dir/data/
END

get "/map?map=$dir/data/garden.map&mode=map"
status 200
head_has '^Content-Type: image/png'
head -c 8 "$dir/page" | od -An -tx1 | grep -q '89 50 4e 47' ||
    fail "this is no picture"
get /map -d "map=$dir/data/garden.map" -d mode=map
status 200
head_has '^Content-Type: image/png'
get "/map?map=$dir/data/none.map&mode=map"
page 'msLoadMap|Unable|error|Error'
finish
