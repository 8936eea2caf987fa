(element (start_tag (attribute (attribute_name) @_id (quoted_attribute_value (attribute_value) @name))) (#eq? @_id "id")) @definition.section
(element (self_closing_tag (attribute (attribute_name) @_id (quoted_attribute_value (attribute_value) @name))) (#eq? @_id "id")) @definition.section

(script_element (start_tag (attribute (attribute_name) @_source (quoted_attribute_value (attribute_value) @import.target))) (#eq? @_source "src")) @import
(start_tag (tag_name) @_link (attribute (attribute_name) @_href (quoted_attribute_value (attribute_value) @import.target)) (#eq? @_link "link") (#eq? @_href "href")) @import
